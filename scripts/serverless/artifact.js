// Builds the artifact before anything is packaged, so that `serverless deploy` is the only command needed.
"use strict";

const { execFileSync } = require("node:child_process");
const { join } = require("node:path");
const { house, python } = require("./python.js");

module.exports = class Artifact {
  constructor(serverless) {
    this.hooks = {
      "before:package:cleanup": () => {
        const architecture = serverless.service.provider.architecture;
        const build = [join(house, "scripts", "artifact.py"), "--arch", architecture];
        execFileSync(python, build, { cwd: house, stdio: "inherit" });
      },
    };
  }
};
