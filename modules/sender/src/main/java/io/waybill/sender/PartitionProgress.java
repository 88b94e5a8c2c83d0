package io.waybill.sender;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which records of one partition are finished, in the order in which Kafka returned them.
 *
 * <p>Offsets have holes: transaction markers and aborted records occupy some and are never
 * returned. So "the next one" is the next <em>returned</em> record, and when all are finished the
 * offset to commit is the consumer's own position, which has passed the markers.
 *
 * <p>Not safe to share between threads: the poll thread owns it.
 *
 * @param <T> what a finished record leaves behind until it is committed
 */
final class PartitionProgress<T> {

  /** One record's place; a handle for {@link #finish}. */
  static final class Place<T> {
    private final long offset;
    private @Nullable T result;

    private Place(long offset) {
      this.offset = offset;
    }
  }

  private final ArrayDeque<Place<T>> places = new ArrayDeque<>();

  /**
   * Takes note of a record that Kafka returned.
   *
   * @throws IllegalStateException when offsets do not ascend: a record would be counted twice
   */
  Place<T> received(long offset) {
    Place<T> last = places.peekLast();
    if (last != null && offset <= last.offset) {
      throw new IllegalStateException(
          "offset " + offset + " was returned after " + last.offset + ", which is not committed");
    }
    Place<T> place = new Place<>(offset);
    places.addLast(place);
    return place;
  }

  /**
   * Takes what the record came to.
   *
   * @throws IllegalStateException when it was finished before: it would be written twice
   */
  void finish(Place<T> place, T result) {
    if (place.result != null) {
      throw new IllegalStateException("offset " + place.offset + " was finished twice");
    }
    place.result = result;
  }

  /** Results of the first records, up to the first unfinished one or {@code max} of them. */
  List<T> finishedPrefix(int max) {
    List<T> results = new ArrayList<>();
    for (Place<T> place : places) {
      T result = place.result;
      if (result == null || results.size() == max) {
        break;
      }
      results.add(result);
    }
    return results;
  }

  /** Whether the first record is finished. */
  boolean hasFinishedPrefix() {
    Place<T> first = places.peekFirst();
    return first != null && first.result != null;
  }

  /**
   * The offset to commit together with the first {@code count} results: that of the record after
   * them, or {@code position} when there is none.
   *
   * @param position the next offset that the consumer will ask for
   */
  long offsetAfter(int count, long position) {
    int i = 0;
    for (Place<T> place : places) {
      if (i++ == count) {
        return place.offset;
      }
    }
    return position;
  }

  /** Forgets the first {@code count} records: they are committed. */
  void committed(int count) {
    for (int i = 0; i < count; i++) {
      places.removeFirst();
    }
  }

  /** Records that are unfinished or not yet committed. */
  int size() {
    return places.size();
  }
}
