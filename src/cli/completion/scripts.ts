/** What each shell has to be told once: to ask the tool itself, which knows its commands. */

export type Shell = "bash" | "zsh" | "fish";

export const COMPLETION_SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# kvraft completion for bash: source <(kvraft completion bash)
_kvraft() {
  local IFS=$'\\n'
  COMPREPLY=($(kvraft complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f 1))
}
complete -o default -F _kvraft kvraft
`,
  zsh: `#compdef kvraft
# kvraft completion for zsh: source <(kvraft completion zsh)
_kvraft() {
  local line
  local -a found
  for line in "\${(@f)$(kvraft complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n $line ]] || continue
    line="\${line//:/\\\\:}"
    found+=("\${line/$'\\t'/:}")
  done
  if (( \${#found} )); then _describe kvraft found; else _files; fi
}
compdef _kvraft kvraft
`,
  fish: `# kvraft completion for fish: kvraft completion fish | source
complete -c kvraft -a '(kvraft complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
`,
};
