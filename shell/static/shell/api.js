"use strict";

// Swagger UI comes with the site; nothing here asks any other host.
const place = document.getElementById("api");

// Its own dark look goes by a class of its own.
const page = document.documentElement;
const followTheme = () => page.classList.toggle("dark-mode", page.classList.contains("dark"));
new MutationObserver(followTheme).observe(page, { attributeFilter: ["class"] });
followTheme();

SwaggerUIBundle({
  domNode: place,
  url: place.dataset.document,
  validatorUrl: null,
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: -1,
  persistAuthorization: false,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  requestInterceptor(request) {
    const address = new URL(request.url, document.baseURI);
    if (address.origin === location.origin && request.method && request.method !== "GET") {
      request.headers["X-CSRFToken"] = place.dataset.csrf;
    }
    return request;
  },
});
