package io.waybill.sender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PartitionProgressTest {
  private final PartitionProgress<String> progress = progress();

  private static PartitionProgress<String> progress(OffsetRange... complete) {
    return new PartitionProgress<>(List.of(complete), CommitNote.LONGEST);
  }

  private static PartitionProgress.Place<String> received(
      PartitionProgress<String> of, long offset) {
    return of.received(offset).orElseThrow();
  }

  private static PartitionProgress.Step<String> step(PartitionProgress<String> of, long position) {
    return of.step(of.finished(1_000), position).orElseThrow();
  }

  private static List<String> results(PartitionProgress.Step<String> step) {
    return step.places().stream().map(PartitionProgress.Place::result).toList();
  }

  @Test
  void commitsWhatIsFinishedWhereverItIsAndNamesWhatIsCompleteBeyondTheFirstHole() {
    // given: 12 and 15 are transaction markers, 16 is the next position
    var ten = received(progress, 10);
    var eleven = received(progress, 11);
    var thirteen = received(progress, 13);
    var fourteen = received(progress, 14);
    assertThat(progress.hasUncommitted()).isFalse();
    assertThat(progress.step(List.of(), 16)).isEmpty();

    progress.finish(thirteen, "c");
    var first = step(progress, 16);
    assertThat(results(first)).containsExactly("c");
    assertThat(first.offset()).isEqualTo(10);
    assertThat(first.complete()).containsExactly(new OffsetRange(12, 14));
    progress.committed(first);
    assertThat(progress.hasUncommitted()).isFalse();
    assertThat(progress.size()).isEqualTo(3);

    progress.finish(ten, "a");
    progress.finish(fourteen, "d");
    var second = step(progress, 16);
    assertThat(results(second)).containsExactly("a", "d");
    assertThat(second.offset()).isEqualTo(11);
    assertThat(second.complete()).containsExactly(new OffsetRange(12, 15));
    progress.committed(second);

    progress.finish(eleven, "b");
    var last = step(progress, 16);
    assertThat(last.offset()).as("the position, which has passed the marker").isEqualTo(16);
    assertThat(last.complete()).isEmpty();
  }

  @Test
  void doesNotTakeMarkersBetweenIncompleteRecordsForWorkDone() {
    LongStream.of(10, 12, 14, 16).forEach(offset -> received(progress, offset));
    var last = received(progress, 20);
    progress.finish(last, "x");
    assertThat(step(progress, 21).complete()).containsExactly(new OffsetRange(17, 21));
  }

  @Test
  void skipsWhatAnEarlierCommitNamedAndKeepsItNamedUntilItIsRead() {
    PartitionProgress<String> next = progress(new OffsetRange(11, 14), new OffsetRange(20, 30));
    var ten = received(next, 10);
    assertThat(next.received(11)).isEmpty();
    assertThat(next.received(13)).isEmpty();
    assertThat(next.hasUncommitted()).isFalse();

    // 14 to 19 are not read yet.
    next.finish(ten, "a");
    var first = step(next, 14);
    assertThat(first.offset()).isEqualTo(14);
    assertThat(first.complete()).containsExactly(new OffsetRange(20, 30));
    next.committed(first);

    var fourteen = received(next, 14);
    assertThat(next.received(25)).isEmpty();
    next.finish(fourteen, "b");
    var second = step(next, 26);
    assertThat(second.offset()).isEqualTo(26);
    assertThat(second.complete()).containsExactly(new OffsetRange(26, 30));
  }

  @Test
  void commitsAWatermarkThatMovedWithoutAnythingFinished() {
    PartitionProgress<String> next = progress(new OffsetRange(10, 12));
    assertThat(next.received(10)).isEmpty();
    assertThat(next.received(11)).isEmpty();
    assertThat(next.hasUncommitted()).isTrue();
    var step = step(next, 12);
    assertThat(step.offset()).isEqualTo(12);
    next.committed(step);
    assertThat(next.hasUncommitted()).isFalse();
    assertThat(next.step(List.of(), 12)).isEmpty();
  }

  @Test
  void holdsBackWhatTheNoteCannotTellUntilOlderRecordsAreComplete() {
    int longest = CommitNote.length(0, List.of(new OffsetRange(1, 2), new OffsetRange(3, 4)));
    PartitionProgress<String> tight = new PartitionProgress<>(List.of(), longest);
    var places = LongStream.range(0, 20).mapToObj(offset -> received(tight, offset)).toList();
    // Every second one, so that each is a hole of its own.
    for (int i = 1; i < 20; i += 2) {
      tight.finish(places.get(i), "r" + i);
    }
    var step = step(tight, 20);
    assertThat(results(step)).isNotEmpty().hasSizeLessThan(10).startsWith("r1");
    tight.committed(step);
    assertThat(tight.hasUncommitted()).isTrue();
    for (int i = 0; i < 20; i += 2) {
      tight.finish(places.get(i), "r" + i);
    }
    var rest = step(tight, 20);
    assertThat(rest.offset()).isEqualTo(20);
    assertThat(results(rest)).hasSize(20 - step.places().size());
  }

  /** The default of 500 held per partition, each a hole, a thousand records apart. */
  @Test
  void theDefaultsNeverHoldAnythingBack() {
    int held = SenderLimits.defaults().perPartition();
    long offset = 1L << 40;
    for (int i = 0; i < held; i++) {
      received(progress, offset);
      for (int done = 1; done <= 1_000; done += 333) {
        progress.finish(received(progress, offset + done), "x");
      }
      progress.committed(step(progress, offset + 1_000));
      offset += 1_001;
    }
    assertThat(progress.size()).isEqualTo(held);
    assertThat(progress.hasUncommitted()).isFalse();
  }

  @Test
  void refusesARecordTwiceAndAResultTwice() {
    var place = received(progress, 5);
    assertThatThrownBy(() -> progress.received(5)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> progress.received(4)).isInstanceOf(IllegalStateException.class);
    progress.finish(place, "once");
    assertThatThrownBy(() -> progress.finish(place, "again"))
        .isInstanceOf(IllegalStateException.class);
  }
}
