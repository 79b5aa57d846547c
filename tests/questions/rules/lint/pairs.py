"""Thirty pairs of stems, written by hand: fifteen ask nearly the same, fifteen only look like it."""

NEAR = [
    (
        "What does the method `append` of a list return in Python?",
        "What does the method `append` of a list return in Python 3?",
    ),
    (
        "Which HTTP status code says that a resource was created?",
        "Which HTTP status code says that the resource was created?",
    ),
    (
        "Which keyword ends the current iteration of a loop and goes on with the next one?",
        "Which keyword ends the current iteration of a loop, and goes on with the next?",
    ),
    (
        "What is the default isolation level of PostgreSQL?",
        "**What** is the default isolation level of PostgreSQL ?",
    ),
    (
        "You have a dictionary with a million keys. How long does looking up one key take on average?",
        "You have a dictionary with a million of keys. How long does looking up one key take, on average?",
    ),
    (
        "A colleague commits a password to the repository by mistake. What is the first thing to do?",
        "A colleague commits a password to a repository by mistake. What is the first thing you do?",
    ),
    (
        "What is printed?\n\n```python\nnumbers = [1, 2, 3]\nprint(numbers[-1])\n```",
        "What is printed here?\n\n```python\nnumbers = [1, 2, 3]\nprint(numbers[-1])\n```",
    ),
    (
        "What does this function return for an empty list?\n\n```python\ndef total(x):\n    return sum(x)\n```",
        "What does this function return for the empty list?\n\n```python\ndef total(x):\n    return sum(x)\n```",
    ),
    (
        "Which statement about generators in Python is true?",
        "Which statement about generators in Python is TRUE?",
    ),
    (
        "Which index makes the query `SELECT name FROM person WHERE email = ?` fast?",
        "Which index makes this query `SELECT name FROM person WHERE email = ?` fast?",
    ),
    (
        "How do you stop a form of a web page from being sent twice by an impatient visitor?",
        "How do you stop a form on a web page from being sent twice by an impatient visitor?",
    ),
    (
        "Why should a password be stored as a hash with a salt of its own?",
        "Why should passwords be stored as a hash with a salt of its own?",
    ),
    (
        "Which of these types is immutable in Python?",
        "Which of these types is immutable in python:",
    ),
    (
        "When does a browser send a preflight request before the request of a script?",
        "When does the browser send a preflight request before the request of a script?",
    ),
    (
        "What happens with the changes of a transaction when the connection is lost before its commit?",
        "What happens to the changes of a transaction when the connection is lost before the commit?",
    ),
]
FAR = [
    ("Which HTTP method is idempotent?", "Which HTTP method is cacheable?"),
    (
        "What does `list.sort` return?",
        "What does `list.pop` return?",
    ),
    (
        "Which of these types is mutable in Python?",
        "Which of these functions is lazy in Python?",
    ),
    (
        "What is printed?\n\n```python\nnumbers = [1, 2, 3]\nprint(numbers[-1])\n```",
        "What is printed?\n\n```python\nnumbers = [1, 2, 3]\nnumbers.pop()\nprint(len(numbers))\n```",
    ),
    (
        "Which status code says that a page moved for good?",
        "Which status code says that a client sent too many requests?",
    ),
    (
        "What is the difference between a list and a tuple?",
        "What is the difference between a process and a thread?",
    ),
    (
        "Which command takes back the last commit and keeps the files?",
        "Which command takes back the last commit and the index?",
    ),
    (
        "What does `git rebase` do with the commits of a branch?",
        "What does `git merge` do with the commits of a branch?",
    ),
    (
        "When is the method `__enter__` of an object called?",
        "When is the method `__getattr__` of an object called?",
    ),
    (
        "Which statement about indexes in PostgreSQL is true?",
        "Which statement about views in PostgreSQL is true?",
    ),
    (
        "How long does looking up a key in a dictionary take?",
        "How long does looking up an element in a list take?",
    ),
    (
        "What is printed?\n\n```python\nfor x in range(3):\n    print(x)\n```",
        "What is printed?\n\n```python\nx = 3\nwhile x:\n    x -= 1\nprint(x)\n```",
    ),
    (
        "What does the decorator `@classmethod` do with a method?",
        "What does the decorator `@staticmethod` do with a method?",
    ),
    (
        "Which header tells the browser how long to keep an answer?",
        "Which header tells the server what kind of answer is wanted?",
    ),
    (
        "Which value does the expression `bool([])` have?",
        "Which value does the expression `len('abc')` have?",
    ),
]
