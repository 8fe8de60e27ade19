import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;

/** The characters that the target can hold: all of Unicode, the BMP alone ("bmp"), or a code page. */
final class Repertoire {
    private static final byte[] REPLACEMENT = "\ufffd".getBytes(StandardCharsets.UTF_8);
    private static final byte[] QUESTION = {'?'};
    private final boolean all;
    private final CharsetEncoder encoder;

    private Repertoire(boolean all, CharsetEncoder encoder) {
        this.all = all;
        this.encoder = encoder;
    }

    /** Without a name it is all of Unicode. */
    static Repertoire of(String name) {
        if (name == null) {
            return new Repertoire(true, null);
        }
        return new Repertoire(false, name.equals("bmp") ? null : Charset.forName(name).newEncoder());
    }

    /** A character of the BMP that is no surrogate. */
    boolean holds(char c) {
        return all || encoder == null || encoder.canEncode(c);
    }

    boolean holds(char high, char low) {
        return all || encoder != null && encoder.canEncode(new String(new char[] {high, low}));
    }

    /** Why a character that it does not hold is refused. */
    String lacking() {
        return encoder == null
                ? "a character of four bytes in UTF-8, which the target column cannot hold"
                : "a character that the target's code page does not have";
    }

    /** What stands for a character that it does not hold: U+FFFD, or a question mark without it. */
    byte[] replacement() {
        return holds('\ufffd') ? REPLACEMENT : QUESTION;
    }
}
