import java.io.IOException;
import java.io.Reader;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;

/**
 * Text as UTF-8. A CLOB is streamed, so a long one costs its own length once.
 *
 * <p>{@link TextLimits} tells its arguments. A treatment acts on the field, and so holds whatever
 * syntax the field is then sent in.
 */
final class TextForm extends ColumnForm {
    private static final int PIECE = 32 * 1024;
    private static final String HALF = "half of a surrogate pair, which is no character in UTF-8";
    private final boolean large;
    private final TextLimits limits;
    private final boolean fixed;
    private final Losses losses;
    private final boolean dropsNul;
    private final boolean replaces;
    private final Repertoire repertoire;
    private final byte[] replacement;
    private final char[] piece = new char[PIECE];
    private int characters;
    private int pairs;
    private char pendingHigh;

    TextForm(FormName form, int sqlType) {
        super(form.required());
        this.large = sqlType == Types.CLOB;
        this.limits = new TextLimits(form);
        this.fixed = sqlType == Types.CHAR;
        this.losses = form.losses();
        this.dropsNul = losses.convert("nul");
        this.replaces = losses.convert("character");
        this.repertoire = losses.repertoire();
        this.replacement = repertoire.replacement();
    }

    @Override
    boolean write(ResultSet row, int column, RowBuffer target) throws SQLException, IOException {
        characters = 0;
        pairs = 0;
        pendingHigh = 0;
        int lengthAt = target.length();
        if (large) {
            try (Reader reader = row.getCharacterStream(column)) {
                if (reader == null) {
                    return false;
                }
                target.putInt(0);
                for (int count = reader.read(piece); count >= 0; count = reader.read(piece)) {
                    writePiece(count, target);
                }
            }
        } else {
            String text = row.getString(column);
            if (text == null) {
                return false;
            }
            target.putInt(0);
            for (int from = 0; from < text.length(); from += PIECE) {
                int count = Math.min(PIECE, text.length() - from);
                text.getChars(from, from + count, piece, 0);
                writePiece(count, target);
            }
        }
        if (pendingHigh != 0) {
            target.reserve(replacement.length);
            target.truncate(replace(target.bytes(), target.length(), HALF));
        }
        int start = lengthAt + 4;
        if (excess(start, target) > 0 && losses.convert("blanks")) {
            strip(start, target);
        }
        if (excess(start, target) > 0) {
            throw new Rejection("too_long", limits.tooLong(characters, pairs, target.length() - start));
        }
        long octets = target.length() - start - blanks(start, target);
        if (limits.excessOfOctets(octets) > 0) {
            throw new Rejection("too_long", limits.tooManyOctets(octets));
        }
        if (limits.padded && !fixed && losses.reject("blanks") && blanks(start, target) > 0) {
            throw new Rejection("blanks", "trailing blanks, which the target column does not tell from its own");
        }
        for (; limits.padded && characters < limits.longest; characters++) {
            target.putByte(' ');
        }
        target.setInt(lengthAt, target.length() - start);
        return true;
    }

    private long excess(int start, RowBuffer target) {
        return limits.excess(characters, pairs, target.length() - start);
    }

    @Override
    void print(byte[] bytes, int from, int count, RowBuffer target) {
        target.put(bytes, from, count);
    }

    @Override
    void parse(byte[] text, int from, int count, RowBuffer target) {
        target.putInt(count);
        target.put(text, from, count);
    }

    @Override
    Spelling spelling() {
        return Spelling.TEXT;
    }

    private void writePiece(int count, RowBuffer target) {
        target.reserve(3 * count + 4);
        byte[] bytes = target.bytes();
        int at = target.length();
        int counted = characters + count;
        for (int i = 0; i < count; i++) {
            char c = piece[i];
            if (pendingHigh != 0) {
                if (!Character.isLowSurrogate(c)) {
                    at = replace(bytes, at, HALF);
                    pendingHigh = 0;
                    i--;
                    continue;
                }
                char high = pendingHigh;
                pendingHigh = 0;
                counted--;
                if (!repertoire.holds(high, c)) {
                    at = replace(bytes, at, repertoire.lacking());
                    continue;
                }
                pairs++;
                int point = Character.toCodePoint(high, c);
                bytes[at++] = (byte) (0xf0 | point >> 18);
                bytes[at++] = (byte) (0x80 | point >> 12 & 0x3f);
                bytes[at++] = (byte) (0x80 | point >> 6 & 0x3f);
                bytes[at++] = (byte) (0x80 | point & 0x3f);
            } else if (c < 0x80) {
                if (c == 0 && !limits.takesNul) {
                    if (dropsNul) {
                        counted--;
                        continue;
                    }
                    throw new Rejection("nul", "a NUL character, which the target's text cannot hold");
                }
                bytes[at++] = (byte) c;
            } else if (Character.isHighSurrogate(c)) {
                pendingHigh = c;
            } else if (Character.isLowSurrogate(c)) {
                at = replace(bytes, at, HALF);
            } else if (!repertoire.holds(c)) {
                at = replace(bytes, at, repertoire.lacking());
            } else if (c < 0x800) {
                bytes[at++] = (byte) (0xc0 | c >> 6);
                bytes[at++] = (byte) (0x80 | c & 0x3f);
            } else {
                bytes[at++] = (byte) (0xe0 | c >> 12);
                bytes[at++] = (byte) (0x80 | c >> 6 & 0x3f);
                bytes[at++] = (byte) (0x80 | c & 0x3f);
            }
        }
        characters = counted;
        target.truncate(at);
    }

    /** Writes what stands for a character that cannot be held, or refuses it; returns the next position. */
    private int replace(byte[] bytes, int at, String reason) {
        if (!replaces) {
            throw new Rejection("character", reason);
        }
        System.arraycopy(replacement, 0, bytes, at, replacement.length);
        return at + replacement.length;
    }

    /** Takes all trailing blanks away when what is left then fits. */
    private void strip(int start, RowBuffer target) {
        int blanks = blanks(start, target);
        if (excess(start, target) <= blanks) {
            characters -= blanks;
            target.truncate(target.length() - blanks);
        }
    }

    /** How many blanks the text ends in. */
    private static int blanks(int start, RowBuffer target) {
        int end = target.length();
        while (end > start && target.bytes()[end - 1] == ' ') {
            end--;
        }
        return target.length() - end;
    }
}
