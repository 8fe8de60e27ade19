/** A value that the target column cannot hold. Carries no stack: one may come per row. */
final class Rejection extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Rejection(String reason) {
        super(reason, null, false, false);
    }
}
