package io.waybill.sender;

import static io.waybill.sender.TestTasks.aTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.RecordOrigin;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class WaitingTasksTest {
  private final WaitingTasks waiting = new WaitingTasks();
  private final AssignedPartition partition =
      new AssignedPartition(
          new TopicPartition("waybill.tasks.webhook", 0), Optional.empty(), List.of());

  private Work work(long offset) {
    return new Work(
        partition,
        partition.progress().received(offset).orElseThrow(),
        new RecordOrigin("waybill.tasks.webhook", 0, offset),
        new Work.TaskRecord(aTask().build()),
        1);
  }

  private List<Long> drained() {
    List<Long> offsets = new ArrayList<>();
    for (Optional<Work> next = waiting.first(); next.isPresent(); next = waiting.first()) {
      offsets.add(next.get().origin().offset());
      waiting.removeFirst();
    }
    return offsets;
  }

  @Test
  void letsExpressGoFirstAndOtherwiseKeepsTheOrder() {
    waiting.add(work(1), false);
    waiting.add(work(2), false);
    waiting.add(work(3), true);
    waiting.add(work(4), true);
    assertThat(waiting.size()).isEqualTo(4);
    assertThat(drained()).containsExactly(3L, 4L, 1L, 2L);
  }

  @Test
  void givesBackWhatIsWithdrawn() {
    waiting.add(work(1), false);
    waiting.add(work(2), true);
    waiting.add(work(3), false);
    waiting.removeIf(work -> work.origin().offset() < 3);
    assertThat(drained()).containsExactly(3L);
  }
}
