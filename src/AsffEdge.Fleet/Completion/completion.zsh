#compdef asff-fleet
# Completion of asff-fleet for zsh. The program itself says what may come next, without asking the broker.
_asff_fleet() {
    # The program knows itself in a command line by its own name only.
    local line="asff-fleet${BUFFER#$words[1]}"
    local position=$((CURSOR - ${#words[1]} + 10))
    local -a suggested
    suggested=(${(f)"$(${~words[1]} "[suggest:$position]" "$line" 2>/dev/null)"})
    # Options only to who has begun one.
    [[ "$PREFIX" == -* ]] || suggested=(${suggested:#[-/]*})
    if (( $#suggested )); then
        compadd -- $suggested
    else
        _files
    fi
}
if [[ "$zsh_eval_context[-1]" == loadautofunc ]]; then
    _asff_fleet "$@"
else
    compdef _asff_fleet asff-fleet
fi
