#!/usr/bin/env node

// A post-renderer of Helm for a stack whose pods are not to drain: they have a /tmp, and runs of the CronJob have an end.
require("./post-render.js").postRender("tmp", "deadline");
