// The Python that builds the artifact, which is also the functions' runtime: that of .venv, else the machine's.
"use strict";

const { execFileSync } = require("node:child_process");
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const house = join(__dirname, "..", "..");
const ours = join(house, ".venv", "bin", "python");
const python = existsSync(ours) ? ours : "python3";
const version = "import sys; print('python%d.%d' % sys.version_info[:2])";

module.exports = {
  house,
  python,
  runtime: () => execFileSync(python, ["-c", version], { encoding: "utf-8" }).trim(),
};
