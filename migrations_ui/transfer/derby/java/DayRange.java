import java.time.LocalDate;

/** The days that a target's column can hold, as days since 1970. */
record DayRange(long first, long last) {
    private static final DayRange ANY = new DayRange(Long.MIN_VALUE, Long.MAX_VALUE);

    /** From two ISO dates in a form's arguments, from position {@code at} on; without them any day. */
    static DayRange of(String[] parts, int at) {
        if (parts.length <= at) {
            return ANY;
        }
        return new DayRange(
                LocalDate.parse(parts[at]).toEpochDay(), LocalDate.parse(parts[at + 1]).toEpochDay());
    }

    void require(long day) {
        if (day < first || day > last) {
            throw new Rejection("date", LocalDate.ofEpochDay(day) + " is outside the target column's dates");
        }
    }
}
