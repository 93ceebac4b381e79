import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { LeaderCache } from "../../src/cli/leader-cache.js";
import { temporaryDirectory } from "./temporary-directory.js";

const ENDPOINTS = ["a:1", "b:1", "c:1"];

test("who led last is asked first, in whatever order the endpoints are given", async (t) => {
  const environment = { XDG_CACHE_HOME: await temporaryDirectory(t) };
  const cache = new LeaderCache(environment, ENDPOINTS);
  t.deepEqual(cache.endpoints, ENDPOINTS);
  cache.remember("b:1");
  t.deepEqual(new LeaderCache(environment, ENDPOINTS).endpoints, ["b:1", "a:1", "c:1"]);
  t.deepEqual(new LeaderCache(environment, [...ENDPOINTS].reverse()).endpoints, ["b:1", "c:1", "a:1"]);
  t.deepEqual(new LeaderCache(environment, ["a:1", "b:1"]).endpoints, ["a:1", "b:1"]);
  new LeaderCache(environment, ENDPOINTS).remember("c:1");
  t.deepEqual(new LeaderCache(environment, ENDPOINTS).endpoints, ["c:1", "a:1", "b:1"]);
  t.is(readdirSync(join(environment.XDG_CACHE_HOME, "kvraft")).length, 1);
});

test("nothing is written where there is no news, and nobody but an endpoint is remembered", async (t) => {
  const environment = { XDG_CACHE_HOME: await temporaryDirectory(t) };
  const cache = new LeaderCache(environment, ENDPOINTS);
  for (const leader of [null, "a:1", "stranger:1"]) cache.remember(leader);
  t.false(existsSync(join(environment.XDG_CACHE_HOME, "kvraft")));
});

test("what lies there makes no difference beyond the order, and what cannot be written none at all", async (t) => {
  const directory = await temporaryDirectory(t);
  const environment = { XDG_CACHE_HOME: directory };
  new LeaderCache(environment, ENDPOINTS).remember("b:1");
  const path = join(directory, "kvraft", readdirSync(join(directory, "kvraft"))[0] ?? "");
  t.is(readFileSync(path, "utf8"), "b:1");
  for (const text of ["", "x".repeat(1000), "stranger:1"]) {
    writeFileSync(path, text);
    t.deepEqual(new LeaderCache(environment, ENDPOINTS).endpoints, ENDPOINTS);
  }
  const blocked = await temporaryDirectory(t);
  writeFileSync(join(blocked, "kvraft"), "");
  t.notThrows(() => new LeaderCache({ XDG_CACHE_HOME: blocked }, ENDPOINTS).remember("b:1"));
});
