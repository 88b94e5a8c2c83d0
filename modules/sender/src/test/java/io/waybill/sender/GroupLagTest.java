package io.waybill.sender;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class GroupLagTest {
  private static final TopicPartition PARTITION = new TopicPartition("waybill.tasks.webhook", 1);

  @Test
  void countsOneTaskThatHangsAsOne() {
    // 10 hangs, 11 to 989 are done, 990 to 999 have not been read.
    OffsetAndMetadata committed = note(10, new OffsetRange(11, 990));

    assertThat(GroupLag.lag(PARTITION, 0, 1_000, Optional.of(committed))).isEqualTo(11);
  }

  @Test
  void isTheUsualLagWithoutANote() {
    assertThat(GroupLag.lag(PARTITION, 0, 100, Optional.of(new OffsetAndMetadata(40))))
        .isEqualTo(60);
  }

  @Test
  void beginsWhereThePartitionDoesWhenNothingIsCommittedOrItIsGone() {
    assertThat(GroupLag.lag(PARTITION, 70, 100, Optional.empty())).isEqualTo(30);
    assertThat(GroupLag.lag(PARTITION, 70, 100, Optional.of(note(10, new OffsetRange(20, 80)))))
        .isEqualTo(20);
  }

  @Test
  void isNeverNegative() {
    // The end was asked for before the commit that is compared with it.
    assertThat(GroupLag.lag(PARTITION, 0, 50, Optional.of(note(60)))).isZero();
    assertThat(GroupLag.lag(PARTITION, 0, 50, Optional.of(note(40, new OffsetRange(45, 70)))))
        .isEqualTo(5);
  }

  private static OffsetAndMetadata note(long base, OffsetRange... complete) {
    return new CommitNote(1, 2, base, List.of(complete)).toCommit(PARTITION);
  }
}
