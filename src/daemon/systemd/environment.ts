/** Variables by which the service manager speaks to this process, and to no other. */

/** Their values. They are taken out of `environment`, so that no child process takes them for its own. */
export function takeVariables<Name extends string>(
  environment: NodeJS.ProcessEnv,
  ...names: readonly Name[]
): Readonly<Partial<Record<Name, string>>> {
  const taken: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = environment[name];
    // An empty variable counts as none.
    if (value) taken[name] = value;
    delete environment[name];
  }
  return taken;
}
