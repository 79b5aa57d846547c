# One image for web, workers and scheduler; `compose.yaml` shows how they are started.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 \
    DATA_DIR=/data STATIC_ROOT=/app/static HOST=0.0.0.0 PORT=8000

RUN useradd --system --uid 10001 --home-dir /app shortlist && install -d -o shortlist -g shortlist /app /data
WORKDIR /app

COPY requirements.txt constraints.txt ./
RUN pip install -r requirements.txt -c constraints.txt

COPY . .
# The keys exist for this line alone; a container gets its own from the environment.
RUN SECRET_KEY=only-while-building LINK_KEYS=only-while-building-too DATA_DIR=/tmp/building READ_DOT_ENV=0 \
    python manage.py collectstatic --noinput --verbosity 0 && rm -rf /tmp/building

USER shortlist
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "--config", "config/gunicorn.py", "config.wsgi"]
