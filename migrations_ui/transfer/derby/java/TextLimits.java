import java.util.List;

/**
 * What text a column holds.
 *
 * <p>Arguments: the most characters ({@code varchar}, {@code bpchar}) or the most bytes ({@code
 * text}); then {@code nul} for a column that takes a NUL, {@code units} for one that counts a
 * character of four bytes twice, and {@code octets} for a padded one that counts bytes, without the
 * blanks at the end.
 */
final class TextLimits {
    final long longest;
    final boolean padded;
    final boolean takesNul;
    private final long mostBytes;
    private final boolean countsUnits;
    private final boolean countsOctets;

    TextLimits(FormName form) {
        List<String> arguments = form.arguments();
        boolean bytes = form.kind().equals("text");
        long limit = form.limit(Long.MAX_VALUE);
        this.longest = bytes ? Long.MAX_VALUE : limit;
        this.mostBytes = bytes ? limit : Long.MAX_VALUE;
        this.padded = form.kind().equals("bpchar");
        this.takesNul = arguments.contains("nul");
        this.countsUnits = arguments.contains("units");
        this.countsOctets = arguments.contains("octets");
    }

    /**
     * How much too long a text is, as its column counts, or not more than 0. {@code pairs} of its
     * characters take four bytes.
     */
    long excess(long characters, long pairs, long bytes) {
        return Math.max((countsUnits ? characters + pairs : characters) - longest, bytes - mostBytes);
    }

    /** The same for a column that counts bytes without the blanks at the end. */
    long excessOfOctets(long bytes) {
        return countsOctets ? bytes - longest : 0;
    }

    String tooLong(long characters, long pairs, long bytes) {
        if (bytes > mostBytes) {
            return tooManyBytes(bytes, mostBytes);
        }
        return characters > longest
                ? characters + " characters, the target column takes " + longest
                : characters + pairs + " characters of UTF-16, the target column takes " + longest;
    }

    String tooManyOctets(long bytes) {
        return tooManyBytes(bytes, longest);
    }

    private static String tooManyBytes(long bytes, long most) {
        return bytes + " bytes in UTF-8, the target column takes " + most;
    }
}
