# Completion of asff-fleet for bash. The program itself says what may come next, without asking the broker.
_asff_fleet() {
    local program="${COMP_WORDS[0]/#\~/$HOME}" current="${COMP_WORDS[COMP_CWORD]}" line suggested
    # The program knows its command line by its own name, however it was called.
    line="asff-fleet${COMP_LINE:${#COMP_WORDS[0]}}"
    suggested="$("$program" "[suggest:$((COMP_POINT - ${#COMP_WORDS[0]} + 10))]" "$line" 2>/dev/null)"
    # bash takes = for a word of its own.
    [[ "$current" == "=" ]] && current=""
    COMPREPLY=($(compgen -W "$suggested" -- "$current"))
}
complete -o bashdefault -o default -F _asff_fleet asff-fleet
