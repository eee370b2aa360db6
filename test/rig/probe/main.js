// Answers on loopback, so that a test can ask the live extension host what a page cannot show.
'use strict';
const vscode = require('vscode');
const http = require('node:http');
const fs = require('node:fs');
const path = require('node:path');
const crypto = require('node:crypto');

const AsyncFunction = (async () => {}).constructor;

async function answer(body) {
  try {
    const { code, args } = JSON.parse(body);
    const value = await new AsyncFunction('vscode', 'require', 'args', code)(vscode, require, args);
    return JSON.stringify({ value });
  } catch (error) {
    return JSON.stringify({ error: String((error && error.stack) || error) });
  }
}

exports.activate = (context) => {
  const folder = process.env.CLAUDETASK_PROBE_FOLDER;
  if (!folder) return;
  const token = crypto.randomBytes(16).toString('hex');
  const file = path.join(folder, `${process.pid}.json`);
  const server = http.createServer((request, response) => {
    if (request.method !== 'POST' || request.headers['x-token'] !== token) {
      response.writeHead(403).end();
      return;
    }
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', async () => response.writeHead(200, { 'content-type': 'application/json' }).end(await answer(body)));
  });
  server.listen(0, '127.0.0.1', () => {
    const folders = (vscode.workspace.workspaceFolders ?? []).map((one) => one.uri.fsPath);
    fs.writeFileSync(`${file}.tmp`, JSON.stringify({ pid: process.pid, port: server.address().port, token, started: Date.now(), folders }));
    fs.renameSync(`${file}.tmp`, file);
  });
  context.subscriptions.push({
    dispose() {
      server.close();
      fs.rmSync(file, { force: true });
    },
  });
};
