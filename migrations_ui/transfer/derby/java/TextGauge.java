import java.io.IOException;
import java.io.Reader;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;

/** Text: its length in characters and in UTF-8 bytes, and what of it the target could not keep. */
final class TextGauge extends Gauge {
    private static final int PIECE = 32 * 1024;
    private final boolean large;
    private final boolean fixed;
    private final TextLimits limits;
    private final boolean dropsNul;
    private final Repertoire repertoire;
    private final int replacementBytes;
    private final Escapes escapes;
    private final char[] piece = new char[PIECE];

    private long characters;
    private long pairs;
    private long bytes;
    private long blanks;
    private long escaped;
    private boolean nul;
    private boolean lacking;
    private char pendingHigh;

    TextGauge(String name, FormName form, int sqlType, Escapes escapes) {
        super(name, form.required());
        this.large = sqlType == Types.CLOB;
        this.fixed = sqlType == Types.CHAR;
        this.limits = new TextLimits(form);
        this.dropsNul = form.losses().convert("nul");
        this.repertoire = form.losses().repertoire();
        this.escapes = escapes;
        this.replacementBytes = repertoire.replacement().length;
    }

    @Override
    long look(ResultSet row, int column) throws SQLException, IOException {
        characters = 0;
        pairs = 0;
        bytes = 0;
        blanks = 0;
        escaped = 0;
        nul = false;
        lacking = false;
        pendingHigh = 0;
        if (!(large ? streamed(row, column) : held(row, column))) {
            return -1;
        }
        if (pendingHigh != 0) {
            addLacking();
        }
        judge();
        return bytes;
    }

    @Override
    long escaped() {
        return escaped;
    }

    private void judge() {
        sawLength(characters, bytes);
        if (nul) {
            count("nul");
        }
        if (lacking) {
            count("character");
        }
        long excess = limits.excess(characters, pairs, bytes);
        if (excess > blanks || limits.excessOfOctets(bytes - blanks) > 0) {
            count("too_long");
        } else if (excess > 0 || limits.padded && !fixed && blanks > 0) {
            count("blanks");
        }
    }

    private boolean held(ResultSet row, int column) throws SQLException {
        String text = row.getString(column);
        if (text == null) {
            return false;
        }
        int length = text.length();
        for (int i = 0; i < length; i++) {
            add(text.charAt(i));
        }
        return true;
    }

    private boolean streamed(ResultSet row, int column) throws SQLException, IOException {
        try (Reader reader = row.getCharacterStream(column)) {
            if (reader == null) {
                return false;
            }
            for (int count = reader.read(piece); count >= 0; count = reader.read(piece)) {
                for (int i = 0; i < count; i++) {
                    add(piece[i]);
                }
            }
            return true;
        }
    }

    private void add(char c) {
        if (pendingHigh != 0) {
            char high = pendingHigh;
            pendingHigh = 0;
            if (Character.isLowSurrogate(c) && repertoire.holds(high, c)) {
                pairs++;
                add(4);
                return;
            }
            addLacking();
            if (Character.isLowSurrogate(c)) {
                return;
            }
        }
        if (c == ' ') {
            blanks++;
            characters++;
            bytes++;
        } else if (c == 0 && !limits.takesNul) {
            nul = true;
            if (!dropsNul) {
                add(1);
            }
        } else if (Character.isHighSurrogate(c)) {
            pendingHigh = c;
        } else if (c < 0x80) {
            add(1);
            if (escapes != null && escapes.escape(c)) {
                escaped++;
            }
        } else if (Character.isLowSurrogate(c) || !repertoire.holds(c)) {
            addLacking();
        } else {
            add(c < 0x800 ? 2 : 3);
        }
    }

    private void add(int length) {
        characters++;
        bytes += length;
        blanks = 0;
    }

    /** Counted as the one character that may stand for it. */
    private void addLacking() {
        lacking = true;
        add(replacementBytes);
    }
}
