/** Some rows of a scan by their numbers, in order: {@code 3,7-9}. Asked for in order as well. */
final class Positions {
    private final String[] ranges;
    private int next;
    private long first = Long.MAX_VALUE;
    private long last = Long.MAX_VALUE;

    Positions(String words) {
        this.ranges = words.isEmpty() ? new String[0] : words.split(",");
        advance();
    }

    /** Whether the row is one of them; {@code position} never falls from one call to the next. */
    boolean hold(long position) {
        while (position > last) {
            advance();
        }
        return position >= first;
    }

    private void advance() {
        if (next == ranges.length) {
            first = Long.MAX_VALUE;
            last = Long.MAX_VALUE;
            return;
        }
        String[] ends = ranges[next++].split("-");
        first = Long.parseLong(ends[0]);
        last = Long.parseLong(ends[ends.length - 1]);
    }
}
