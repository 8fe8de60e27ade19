import java.time.LocalDate;
import java.util.List;

/** The days that a target's column can hold, as days since 1970. */
record DayRange(long first, long last) {
    private static final DayRange ANY = new DayRange(Long.MIN_VALUE, Long.MAX_VALUE);

    /** From the two ISO dates among a form's arguments; without them any day. */
    static DayRange of(List<String> arguments) {
        List<Long> days = arguments.stream()
                .filter(word -> word.matches("\\d{4}-\\d\\d-\\d\\d"))
                .map(word -> LocalDate.parse(word).toEpochDay())
                .toList();
        return days.isEmpty() ? ANY : new DayRange(days.get(0), days.get(1));
    }

    void require(long day) {
        if (day < first || day > last) {
            throw new Rejection("date", LocalDate.ofEpochDay(day) + " is outside the target column's dates");
        }
    }
}
