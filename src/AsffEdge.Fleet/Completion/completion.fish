# Completion of asff-fleet for fish. The program itself says what may come next, without asking the broker.
function __asff_fleet_suggest
    set -l program (commandline --tokenize --cut-at-cursor --current-process)[1]
    set -l typed (commandline --cut-at-cursor --current-process)
    # The program knows itself in a command line by its own name only.
    set -l line asff-fleet(string sub --start (math 1 + (string length -- $program)) -- $typed)
    set -l suggested ($program "[suggest:"(string length -- $line)"]" $line 2>/dev/null)
    # Options only to who has begun one.
    if string match --quiet -- '-*' (commandline --current-token --cut-at-cursor)
        printf '%s\n' $suggested
    else
        string match --invert --regex '^[-/]' -- $suggested
    end
end
complete --command asff-fleet --arguments '(__asff_fleet_suggest)'
