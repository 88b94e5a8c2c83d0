package io.waybill.sender;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which records of one partition are complete, that is: what took their place is in Kafka.
 *
 * <p>Records finish in any order and are committed in any order. A commit's offset is the
 * watermark, before which all is complete; beyond it the commit names what is complete. Everything
 * that Kafka returned, or passed over, and that is not listed here is complete: transaction markers
 * and aborted records occupy offsets that are never returned, neither now nor later, so they may be
 * counted as complete too.
 *
 * <p>A commit's note has a longest length. When the note of a commit would be longer, finished
 * records beyond are held back until older ones are complete; they count as held, so that the
 * partition is paused when they become many. The oldest record never lengthens the note, so that
 * this ends when the oldest ends.
 *
 * <p>Not safe to share between threads: the poll thread owns it.
 *
 * @param <T> what a finished record leaves behind until it is committed
 */
final class PartitionProgress<T> {

  /**
   * One record's place; a handle for {@link #finish}. Incomplete places are a list of their own.
   */
  static final class Place<T> {
    private final long offset;
    private @Nullable T result;
    private @Nullable Place<T> before;
    private @Nullable Place<T> after;

    /** Whether the step that is being made completes it. */
    private boolean inStep;

    /** Whether a complete record lies between this one and the incomplete one before it. */
    private boolean followsComplete;

    private Place(long offset) {
      this.offset = offset;
    }

    /** What it came to. */
    T result() {
      if (result == null) {
        throw new IllegalStateException("offset " + offset + " is not finished");
      }
      return result;
    }
  }

  /**
   * What one commit says of the partition.
   *
   * @param offset the watermark
   * @param complete beyond it, ascending
   * @param places those that become complete with it
   * @param next the offset after the last record that had been returned
   */
  record Step<T>(long offset, List<OffsetRange> complete, List<Place<T>> places, long next) {}

  private final int longestNote;
  private @Nullable Place<T> first;
  private @Nullable Place<T> last;
  private int size;

  /** Complete by the commit that was found, and not read yet. */
  private final ArrayDeque<OffsetRange> complete;

  /** The offset after the last record that was returned. */
  private long next;

  /** Whether a complete record lies after the last incomplete one. */
  private boolean endsComplete;

  private int finished;
  private boolean watermarkMoved;

  /**
   * @param complete what the commit that was found names as complete
   * @param longestNote as of {@link CommitNote#length}
   */
  PartitionProgress(List<OffsetRange> complete, int longestNote) {
    this.complete = new ArrayDeque<>(complete);
    this.longestNote = longestNote;
  }

  /**
   * Takes note of a record that Kafka returned; empty when it is complete already and must not be
   * sent again.
   *
   * @throws IllegalStateException when offsets do not ascend: a record would be counted twice
   */
  Optional<Place<T>> received(long offset) {
    if (offset < next) {
      throw new IllegalStateException(
          "offset " + offset + " was returned after " + (next - 1) + " within one assignment");
    }
    next = offset + 1;
    boolean wasComplete = isComplete(offset);
    forgetCompleteBefore(next);
    if (wasComplete) {
      endsComplete = true;
      watermarkMoved |= first == null;
      return Optional.empty();
    }
    Place<T> place = new Place<>(offset);
    place.followsComplete = endsComplete;
    endsComplete = false;
    append(place);
    return Optional.of(place);
  }

  private void append(Place<T> place) {
    place.before = last;
    if (last == null) {
      first = place;
    } else {
      last.after = place;
    }
    last = place;
    size++;
  }

  private void remove(Place<T> place) {
    if (place.before == null) {
      first = place.after;
    } else {
      place.before.after = place.after;
    }
    if (place.after == null) {
      last = place.before;
      endsComplete = true;
    } else {
      place.after.before = place.before;
      place.after.followsComplete = true;
    }
    size--;
  }

  private boolean isComplete(long offset) {
    forgetCompleteBefore(offset);
    OffsetRange first = complete.peekFirst();
    return first != null && first.from() <= offset;
  }

  private void forgetCompleteBefore(long offset) {
    for (OffsetRange first = complete.peekFirst();
        first != null && first.to() <= offset;
        first = complete.peekFirst()) {
      complete.removeFirst();
    }
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
    finished++;
  }

  /** Whether there is something to commit. */
  boolean hasUncommitted() {
    return watermarkMoved || finished > 0;
  }

  /** Finished and not committed, at most so many, the oldest first. */
  List<Place<T>> finished(int max) {
    List<Place<T>> found = new ArrayList<>(Math.min(max, finished));
    for (Place<T> place = first;
        place != null && found.size() < Math.min(max, finished);
        place = place.after) {
      if (place.result != null) {
        found.add(place);
      }
    }
    return found;
  }

  /**
   * The commit that makes these records complete, or as many of the first of them as its note can
   * tell; empty when nothing would come of it.
   *
   * @param finished as {@link #finished} gave them, or the first of those
   * @param position the next offset that the consumer will ask for
   */
  Optional<Step<T>> step(List<Place<T>> finished, long position) {
    for (int count = finished.size(); count > 0 || watermarkMoved; count /= 2) {
      Step<T> step = stepOf(List.copyOf(finished.subList(0, count)), position);
      if (CommitNote.length(step.offset(), step.complete()) <= longestNote) {
        return Optional.of(step);
      }
      if (count == 0) {
        break;
      }
    }
    return Optional.empty();
  }

  private Step<T> stepOf(List<Place<T>> places, long position) {
    places.forEach(place -> place.inStep = true);
    List<OffsetRange> ranges = new ArrayList<>();
    long watermark = -1;
    long at = -1;
    boolean hasComplete = false;
    for (Place<T> place = first; place != null; place = place.after) {
      hasComplete |= place.followsComplete || place.inStep;
      if (place.inStep) {
        place.inStep = false;
        continue;
      }
      if (watermark < 0) {
        watermark = place.offset;
      } else if (hasComplete) {
        ranges.add(new OffsetRange(at, place.offset));
      }
      hasComplete = false;
      at = place.offset + 1;
    }
    if (watermark < 0) {
      // All is complete: the position has also passed the markers after the last record.
      watermark = Math.max(next, position);
    } else if (hasComplete || endsComplete) {
      ranges.add(new OffsetRange(at, next));
    }
    addUnread(ranges, Math.max(next, watermark));
    return new Step<>(watermark, List.copyOf(ranges), places, next);
  }

  /** What an earlier commit named as complete must stay so, or it would be sent again. */
  private void addUnread(List<OffsetRange> ranges, long from) {
    for (OffsetRange range : complete) {
      if (range.to() <= from) {
        continue;
      }
      long begin = Math.max(range.from(), from);
      OffsetRange last = ranges.isEmpty() ? null : ranges.getLast();
      if (last != null && last.to() == begin) {
        ranges.set(ranges.size() - 1, new OffsetRange(last.from(), range.to()));
      } else {
        ranges.add(new OffsetRange(begin, range.to()));
      }
    }
  }

  /**
   * Forgets what the step made complete: it is in Kafka. Records may have been received and
   * finished since the step was made, but no other step may have been.
   */
  void committed(Step<T> step) {
    for (Place<T> place : step.places()) {
      remove(place);
      finished--;
    }
    // What was returned while it was being committed may have moved the watermark further.
    watermarkMoved &= step.next() != next;
  }

  /** Records that are unfinished or not yet committed. */
  int size() {
    return size;
  }
}
