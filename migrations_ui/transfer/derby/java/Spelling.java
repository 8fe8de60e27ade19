/** How a value's text may look: what a syntax has to quote and escape. */
enum Spelling {
    /** A number, or a truth value as 0 or 1. Needs no quotes. */
    PLAIN,
    /** A date or a time: digits and signs, but none that a syntax could take for its own. */
    QUOTED,
    /** Any text in UTF-8: the field's own bytes. */
    TEXT,
    /** Any bytes: the field's own. */
    BYTES
}
