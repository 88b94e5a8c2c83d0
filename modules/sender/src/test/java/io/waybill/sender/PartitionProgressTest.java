package io.waybill.sender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class PartitionProgressTest {
  private final PartitionProgress<String> progress = new PartitionProgress<>();

  @Test
  void commitsUpToTheNextReturnedRecordAndAtLastThePosition() {
    // given: 12 and 15 are transaction markers, 16 is the next position
    var ten = progress.received(10);
    var eleven = progress.received(11);
    var thirteen = progress.received(13);
    var fourteen = progress.received(14);

    progress.finish(eleven, "b");
    assertThat(progress.hasFinishedPrefix()).isFalse();
    assertThat(progress.finishedPrefix(9)).isEmpty();

    progress.finish(ten, "a");
    assertThat(progress.finishedPrefix(9)).containsExactly("a", "b");
    assertThat(progress.offsetAfter(1, 16)).isEqualTo(11);
    assertThat(progress.offsetAfter(2, 16)).isEqualTo(13);
    progress.committed(2);

    progress.finish(fourteen, "d");
    progress.finish(thirteen, "c");
    assertThat(progress.finishedPrefix(9)).containsExactly("c", "d");
    assertThat(progress.offsetAfter(2, 16)).isEqualTo(16);
  }

  @Test
  void refusesARecordTwiceAndAResultTwice() {
    var place = progress.received(5);
    assertThatThrownBy(() -> progress.received(5)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> progress.received(4)).isInstanceOf(IllegalStateException.class);
    progress.finish(place, "once");
    assertThatThrownBy(() -> progress.finish(place, "again"))
        .isInstanceOf(IllegalStateException.class);
  }

  /** Random holes, completion orders and batch sizes against a sorted map of what is finished. */
  @RepeatedTest(200)
  void agreesWithAModel(RepetitionInfo repetition) {
    SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
    TreeMap<Long, Boolean> model = new TreeMap<>();
    List<Long> open = new ArrayList<>();
    List<PartitionProgress.Place<String>> places = new ArrayList<>();
    List<String> committed = new ArrayList<>();
    List<String> received = new ArrayList<>();
    long position = 0;
    for (int step = 0; step < 300; step++) {
      int action = random.nextInt(3);
      if (action == 0) {
        long offset = position + random.nextInt(3);
        places.add(progress.received(offset));
        open.add(offset);
        received.add("r" + offset);
        model.put(offset, false);
        position = offset + 1 + random.nextInt(2);
      } else if (action == 1 && !open.isEmpty()) {
        int any = random.nextInt(open.size());
        long offset = open.remove(any);
        progress.finish(places.remove(any), "r" + offset);
        model.put(offset, true);
      } else {
        List<String> batch = progress.finishedPrefix(1 + random.nextInt(5));
        if (!batch.isEmpty()) {
          long offset = progress.offsetAfter(batch.size(), position);
          committed.addAll(batch);
          progress.committed(batch.size());
          // Everything below the committed offset is finished, and nothing else was taken.
          assertThat(model.headMap(offset)).hasSize(batch.size()).doesNotContainValue(false);
          model.headMap(offset).clear();
          assertThat(offset).isEqualTo(model.isEmpty() ? position : model.firstKey());
        }
      }
      assertThat(progress.size()).isEqualTo(model.size());
      assertThat(progress.hasFinishedPrefix())
          .isEqualTo(!model.isEmpty() && model.firstEntry().getValue());
    }
    assertThat(received).startsWith(committed.toArray(String[]::new));
  }
}
