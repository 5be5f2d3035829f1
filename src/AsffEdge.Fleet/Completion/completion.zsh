#compdef asff-fleet
# Completion of asff-fleet for zsh. The program itself says what may come next, without asking the broker.
_asff_fleet() {
    local line="asff-fleet${BUFFER#${words[1]}}"
    local position=$((CURSOR - ${#words[1]} + 10))
    local -a suggested
    suggested=("${(@f)$("${(Q)words[1]/#\~/$HOME}" "[suggest:$position]" "$line" 2>/dev/null)}")
    if [[ -n "$suggested" ]]; then
        compadd -- $suggested
    else
        _files
    fi
}
if [[ "${zsh_eval_context[-1]}" == loadautofunc ]]; then
    _asff_fleet "$@"
else
    compdef _asff_fleet asff-fleet
fi
