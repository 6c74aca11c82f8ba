#!/usr/bin/env node

// A post-renderer of Helm for a stack whose pods are not to drain: runs of the CronJob have an end.
require("./post-render.js").postRender("deadline");
