/**
 * A value that the target column cannot hold. Carries no stack: one may come per row.
 *
 * <p>The kind is a word for programs ("nul", "too_long"), the message a sentence for people.
 */
final class Rejection extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String kind;

    Rejection(String kind, String reason) {
        super(reason, null, false, false);
        this.kind = kind;
    }

    String kind() {
        return kind;
    }
}
