#!/usr/bin/env node

// A post-renderer of Helm: Fleet's pods drain and have a /tmp, and runs of the CronJob have an end where the release says so.
require("./post-render.js").postRender("drain", "tmp", "deadline");
