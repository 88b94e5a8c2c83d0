package io.waybill.sender;

import static io.waybill.sender.TestTasks.NOW;
import static io.waybill.sender.TestTasks.aTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.RecordOrigin;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Which task of a lane goes next, and which makes room. */
class LaneQueueTest {
  private final AssignedPartition partition =
      new AssignedPartition(new TopicPartition("tasks", 0), Optional.empty(), List.of());
  private final LaneQueue queue = new LaneQueue();
  private long offset;

  private Work add(int priority, int ageInSeconds) {
    Work work =
        new Work(
            partition,
            partition.progress().received(offset).orElseThrow(),
            new RecordOrigin("tasks", 0, offset++),
            new Work.TaskRecord(
                aTask().priority(priority).createdAt(NOW.minusSeconds(ageInSeconds)).build()),
            1);
    queue.add(work);
    return work;
  }

  @Test
  void theNewestOfTheLowestPriorityMakesRoomButNeverTheOldestOfAll() {
    Work oldest = add(0, 90);
    Work express = add(10, 60);
    Work newerExpress = add(10, 30);
    Work newest = add(0, 10);

    assertThat(queue.removeLast()).isEqualTo(newest);
    assertThat(queue.last()).isEqualTo(newerExpress);
    assertThat(queue.removeLast()).isEqualTo(newerExpress);
    assertThat(queue.removeLast()).isEqualTo(express);
    assertThat(queue.removeLast()).as("nothing else is left").isEqualTo(oldest);
    assertThat(queue.size()).isZero();
    assertThat(queue.first(false)).isEmpty();
  }

  @Test
  void aLowPriorityThatIsNotTheOldestMakesRoomForExpress() {
    Work express = add(10, 60);
    Work low = add(0, 30);
    add(10, 10);

    assertThat(queue.removeLast()).isEqualTo(low);
    assertThat(queue.first(false)).contains(express);
  }

  /** What is parked for want of room takes no turn, neither the oldest's nor another's. */
  @Test
  void theOldestLeavesWithTheTenthTurnHoweverMuchMakesRoomMeanwhile() {
    Work oldest = add(0, 90);
    for (int turn = 1; turn < LaneQueue.OLDEST_EVERY; turn++) {
      add(10, 60);
      add(10, 30);
      assertThat(queue.first(false)).isPresent().get().isNotEqualTo(oldest);
      queue.removeFirst(false);
      assertThat(queue.removeLast()).isNotEqualTo(oldest);
    }
    add(10, 60);
    assertThat(queue.first(false)).contains(oldest);
  }
}
