# Completion of asff-fleet for fish. The program itself says what may come next, without asking the broker.
function __asff_fleet_suggest
    set -l program (commandline --tokenize --cut-at-cursor)[1]
    set -l rest (string sub --start (math (string length -- $program) + 1) -- (commandline --cut-at-cursor))
    set -l line "asff-fleet$rest"
    $program "[suggest:"(string length -- $line)"]" $line 2>/dev/null
end
complete --command asff-fleet --arguments '(__asff_fleet_suggest)'
