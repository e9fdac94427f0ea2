// usage: node solc.js <version+commit> --standard-json [--base-path DIR] [--include-path DIR] [FILE.json]
//
// Compiles a standard-JSON input (from the file or stdin) with a native solc of exactly this version where there is one
// ($SOLC_NATIVE, or what solcx or svm installed for the user; SOLC_NATIVE=0 forbids it), else with npm's solc. Both give the
// same bytes; npm's needs seconds, so its answers are kept in .cache/solc under a hash of the input.
'use strict';

const { createHash, randomBytes } = require('crypto');
const { spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const zlib = require('zlib');

const ROOT = path.resolve(__dirname, '..');
const [WANTED, ...ARGUMENTS] = process.argv.slice(2);
const sha256 = (data) => createHash('sha256').update(data).digest('hex');

function fail(message) {
  process.stderr.write(`toolchain/solc.js: ${message}\n`);
  process.exit(1);
}

function isProgram(file) {
  if (!fs.existsSync(file)) return false;
  const start = Buffer.alloc(2);
  const descriptor = fs.openSync(file, 'r');
  fs.readSync(descriptor, start, 0, 2, 0);
  fs.closeSync(descriptor);
  return start.toString('latin1') !== '#!'; // a script may be this wrapper itself, linked there
}

function findNative() {
  if (process.env.SOLC_NATIVE === '0') return undefined;
  const version = WANTED.split('+')[0];
  const home = os.userInfo().homedir; // not $HOME, which ./brownie points into the clone
  const candidates = [`${home}/.solcx/solc-v${version}`, `${home}/.svm/${version}/solc-${version}`];
  if (process.env.SOLC_NATIVE) candidates.unshift(process.env.SOLC_NATIVE);
  return candidates.find((file) => {
    if (!isProgram(file)) return false;
    const answer = spawnSync(file, ['--version'], { encoding: 'utf8' });
    return answer.status === 0 && answer.stdout.includes(`Version: ${WANTED}`);
  });
}

function valuesOf(flag) {
  return ARGUMENTS.flatMap((argument, i) => {
    if (argument === flag) return [ARGUMENTS[i + 1]];
    return argument.startsWith(`${flag}=`) ? [argument.slice(flag.length + 1)] : [];
  });
}

// Files that the input only imports: found as solc finds them, in the base path, then the include paths.
const FOLDERS = [...valuesOf('--base-path'), ...valuesOf('--include-path')];
function locate(name) {
  return (FOLDERS.length ? FOLDERS : ['.']).map((folder) => path.resolve(folder, name)).find((file) => fs.existsSync(file));
}

function canonical(value) {
  // brownie lists sources in an arbitrary order, which the compiler does not mind
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(canonical);
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, canonical(value[key])]),
  );
}

function loadCompiler() {
  // Emscripten fetches functions from the WebAssembly table at every call through a slow boundary, which takes a quarter
  // of the run time: remember what was fetched.
  const { get, set } = WebAssembly.Table.prototype;
  const fetched = [];
  WebAssembly.Table.prototype.get = function (index) {
    return (fetched[index] ??= get.call(this, index));
  };
  WebAssembly.Table.prototype.set = function (index, value) {
    fetched[index] = undefined;
    return set.call(this, index, value);
  };
  const folder = path.join(ROOT, 'node_modules', 'solc');
  if (!fs.existsSync(folder)) fail("npm's solc is not installed: run `make setup`");
  // not the package's main file, which loads the command line's dependencies too
  const compiler = require(path.join(folder, 'wrapper.js'))(require(path.join(folder, 'soljson.js')));
  if (!compiler.version().startsWith(WANTED)) {
    fail(`npm's solc is ${compiler.version()}, wanted ${WANTED}: run \`npm ci\`, or correct toolchain/solc/`);
  }
  return compiler;
}

function compile(input) {
  const reads = [];
  const output = loadCompiler().compile(input, {
    import: (name) => {
      const file = locate(name);
      if (file === undefined) return { error: `File not found: ${name}` };
      const contents = fs.readFileSync(file, 'utf8');
      reads.push([name, sha256(contents)]);
      return { contents };
    },
  });
  return { reads, output };
}

function cached(input) {
  const folder = process.env.SOLC_CACHE || path.join(ROOT, '.cache', 'solc');
  const key = sha256([WANTED, ...FOLDERS, JSON.stringify(canonical(JSON.parse(input)))].join('\0'));
  const file = path.join(folder, `${key}.json.gz`);
  try {
    const { reads, output } = JSON.parse(zlib.gunzipSync(fs.readFileSync(file)));
    const unchanged = ([name, hash]) => locate(name) && sha256(fs.readFileSync(locate(name))) === hash;
    if (reads.every(unchanged)) return output;
  } catch (error) {
    // absent or cut short: compile
  }
  const answer = compile(input);
  fs.mkdirSync(folder, { recursive: true });
  const draft = `${file}.${randomBytes(6).toString('hex')}`; // renamed when whole, as two processes may write it
  fs.writeFileSync(draft, zlib.gzipSync(JSON.stringify(answer), { level: 1 }));
  fs.renameSync(draft, file);
  return answer.output;
}

function writeAll(text) {
  const data = Buffer.from(text); // in pieces: a pipe takes 64 KiB and may be full
  for (let offset = 0; offset < data.length; ) {
    try {
      offset += fs.writeSync(1, data, offset);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

if (!ARGUMENTS.includes('--standard-json')) fail(`only --version and --standard-json are supported, got: ${ARGUMENTS.join(' ')}`);
const native = findNative();
if (native) process.exit(spawnSync(native, ARGUMENTS, { stdio: 'inherit' }).status ?? 1);
const last = ARGUMENTS[ARGUMENTS.length - 1];
writeAll(cached(fs.readFileSync(last.endsWith('.json') ? last : 0, 'utf8')));
