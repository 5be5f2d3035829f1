# Completion of asff-fleet for fish. The program itself says what may come next, without asking the broker.
function __asff_fleet_suggest
    set -l program (commandline --tokenize --cut-at-cursor --current-process)[1]
    set -l typed (commandline --cut-at-cursor --current-process)
    set -l current (commandline --current-token --cut-at-cursor)
    # The program knows itself in a command line by its own name only.
    set -l line asff-fleet(string sub --start (math 1 + (string length -- $program)) -- $typed)
    set -l suggested ($program "[suggest:"(string length -- $line)"]" $line 2>/dev/null)
    # Options only to who has begun one.
    string match --quiet -- '-*' $current
    or set suggested (string match --invert --regex '^[-/]' -- $suggested)
    if test -n "$suggested"
        printf '%s\n' $suggested
    else
        __fish_complete_path $current
    end
end
complete --command asff-fleet --no-files --arguments '(__asff_fleet_suggest)'
