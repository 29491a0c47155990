import { Argument, Command } from 'commander';
import type { Session } from '../session.ts';

/** What each shell runs to learn the words that can come next. */
const SCRIPTS = {
  bash: `_landfall() {
  local found
  found="$(landfall complete -- "\${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)"
  COMPREPLY=($(compgen -W "$found" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _landfall landfall`,
  zsh: `#compdef landfall
_landfall() {
  local -a found
  found=("\${(@f)$(landfall complete -- "\${(@)words[2,CURRENT-1]}" 2>/dev/null)}")
  compadd -a found
}
compdef _landfall landfall`,
  fish: `complete -c landfall -f -a '(landfall complete -- (commandline -opc)[2..-1] 2>/dev/null)'`,
} as const;

/** `completion <shell>` prints the script; the script calls `complete`. */
export function completionCommands(
  { terminal }: Session,
  program: () => Command,
): readonly Command[] {
  const script = new Command('completion')
    .summary('Prints the completion script of a shell.')
    .description(
      'Prints the completion script of a shell. bash: eval "$(landfall completion bash)". zsh: the same with zsh. fish: landfall completion fish | source.',
    )
    .addArgument(new Argument('<shell>').choices(Object.keys(SCRIPTS)))
    .action(async (shell: keyof typeof SCRIPTS) => {
      await terminal.print(SCRIPTS[shell]);
    });
  const complete = new Command('complete')
    .argument('[words...]')
    .action(async (words: readonly string[]) => {
      for (const word of nextWords(program(), words)) await terminal.print(word);
    });
  return [script, complete];
}

/** The words that can follow these: commands, options, or the values of the last option. */
export function nextWords(program: Command, words: readonly string[]): string[] {
  let command = program;
  for (const word of words) {
    command = command.commands.find((one) => one.name() === word) ?? command;
  }
  const last = words.at(-1);
  const option = command.options.find(
    ({ long, short }) => last !== undefined && (last === long || last === short),
  );
  if (option && (option.required || option.optional)) return [...(option.argChoices ?? [])];
  const commands = command.createHelp().visibleCommands(command);
  return [
    ...commands.map((one) => one.name()),
    ...command.options.flatMap(({ long, hidden }) => (hidden ? [] : (long ?? []))),
  ];
}
