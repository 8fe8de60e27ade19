import java.sql.SQLException;

/** An error with a code that the Python side turns into its own exception. */
record Problem(String code, String message, String state) {
    private static final String NO_ROOM = "No space left on device";

    /** Finds the cause that tells most: Derby wraps it in "failed to start database". */
    static Problem of(SQLException error) {
        SQLException cause = error;
        for (SQLException next = error; next != null; next = next.getNextException()) {
            if (isAboutRoom(next)) {
                return new Problem("full", next.getMessage(), next.getSQLState());
            }
            String code = codeOf(next.getSQLState());
            if (!code.equals("damaged")) {
                return new Problem(code, next.getMessage(), next.getSQLState());
            }
            cause = next;
        }
        return new Problem("damaged", cause.getMessage(), cause.getSQLState());
    }

    private static String codeOf(String state) {
        if (state == null) {
            return "damaged";
        }
        return switch (state) {
            case "XJ004" -> "not_derby";
            case "XSDB6" -> "locked";
            case "XSLAN", "XSDB7" -> "newer";
            case "XBM06", "XBM0Q" -> "encrypted";
            case "08004", "04501" -> "login";
            // Closed by Derby while another request met with what ended the database.
            case "08003", "08006" -> "reader";
            case "42X05", "42X04", "42Y07" -> "missing";
            default -> codeOfClass(state);
        };
    }

    private static String codeOfClass(String state) {
        if (state.startsWith("XBCX") || state.startsWith("XBCA")) {
            return "encrypted";
        }
        // SQL authorization: the user has no right to this table or column.
        return state.startsWith("4250") || state.startsWith("4251") ? "denied" : "damaged";
    }

    private static boolean isAboutRoom(SQLException error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause.getMessage() != null && cause.getMessage().contains(NO_ROOM)) {
                return true;
            }
        }
        return false;
    }

    String toJson() {
        return new Json().put("problem", code).put("message", message).put("state", state).toString();
    }
}
