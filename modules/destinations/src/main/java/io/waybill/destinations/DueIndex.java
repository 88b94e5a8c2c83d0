package io.waybill.destinations;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * What is to be forgotten, by time. Belongs to one stream task and its thread.
 *
 * <p>A scan goes on from where the last one ended: what was deleted leaves tombstones in RocksDB,
 * over which a scan from zero would stumble each time.
 */
final class DueIndex {
  /** Of what kind an entry is. Stored by its letter: never give a letter another meaning. */
  enum Kind {
    COMMAND('c'),
    DESTINATION('d');

    private final char letter;

    Kind(char letter) {
      this.letter = letter;
    }
  }

  /** One thing to be forgotten, by its key in the store that holds it. */
  record Entry(Kind kind, String key) {}

  private static final String FIRST = "0";
  private static final int TIME_DIGITS = 16;
  private static final byte[] NOTHING = new byte[0];

  private final KeyValueStore<String, byte[]> store;
  private String from = FIRST;

  DueIndex(KeyValueStore<String, byte[]> store) {
    this.store = store;
  }

  void add(Instant due, Kind kind, String key) {
    String entry = time(due) + "/" + kind.letter + "/" + key;
    store.put(entry, NOTHING);
    // A clock that was set back may give times before the last scan's end.
    if (entry.compareTo(from) < 0) {
      from = entry;
    }
  }

  /** Takes out what is due, the oldest first, at most {@code limit} entries. */
  List<Entry> takeDue(Instant now, int limit) {
    // Entries go on after the digits, so this lies behind all that are due and before all others.
    String end = time(now.plusMillis(1));
    List<String> due = new ArrayList<>();
    try (KeyValueIterator<String, byte[]> entries = store.range(from, end)) {
      while (entries.hasNext() && due.size() < limit) {
        due.add(entries.next().key);
      }
    }
    due.forEach(store::delete);
    from = due.size() == limit ? due.getLast() : end;
    return due.stream().map(DueIndex::parse).toList();
  }

  private static Entry parse(String entry) {
    char letter = entry.charAt(TIME_DIGITS + 1);
    String key = entry.substring(TIME_DIGITS + 3);
    for (Kind kind : Kind.values()) {
      if (kind.letter == letter) {
        return new Entry(kind, key);
      }
    }
    throw new IllegalStateException("an entry of unknown kind '" + letter + "' is due");
  }

  /** Of fixed width, so that the order of the letters is the order of time. */
  private static String time(Instant instant) {
    return String.format("%016x", Math.max(0, instant.toEpochMilli()));
  }
}
