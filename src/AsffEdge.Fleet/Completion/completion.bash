# Completion of asff-fleet for bash. The program itself says what may come next, without asking the broker.
_asff_fleet() {
    local program="${COMP_WORDS[0]}" current="${COMP_WORDS[COMP_CWORD]}" line position suggested
    # The program knows itself in a command line by its own name only, and --group=x only as --group x.
    line="asff-fleet${COMP_LINE:${#program}}"
    line="${line//=/ }"
    position=$((COMP_POINT - ${#program} + 10))
    suggested="$("${program/#\~/$HOME}" "[suggest:$position]" "$line" 2>/dev/null)"
    # To bash, = is a word.
    [[ "$current" == "=" ]] && current=""
    # Options only to who has begun one.
    [[ "$current" == -* ]] || suggested="$(grep -v '^[-/]' <<<"$suggested")"
    COMPREPLY=($(compgen -W "$suggested" -- "$current"))
}
complete -o bashdefault -o default -F _asff_fleet asff-fleet
