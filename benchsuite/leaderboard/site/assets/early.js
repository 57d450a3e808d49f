"use strict";
// Before the page is laid out: say that scripts run.
document.documentElement.classList.add("scripts");
