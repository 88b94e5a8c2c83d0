package io.waybill.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DeadLetter;
import io.waybill.domain.RawBytes;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeadLettersTest {
  private final Codecs codecs = new Codecs(new InMemorySchemaRegistry());

  @ParameterizedTest
  @CsvSource({
    "10, 12000000, 100",
    "12000000, 10, 100",
    "6000000, 6300000, 100",
    "30000000, 30000000, 100",
    "10, 11000000, 9000000"
  })
  void aRecordsDeadLetterFitsItsTopic(int keyBytes, int valueBytes, int messageLength) {
    DeadLetter letter =
        DeadLetters.ofRecord(
            new RecordOrigin(Topics.COMMANDS, 0, 1),
            new byte[keyBytes],
            new byte[valueBytes],
            Optional.empty(),
            Optional.empty(),
            Reason.MALFORMED,
            "x".repeat(messageLength),
            List.of(),
            Instant.EPOCH);

    assertThat(codecs.deadLetters().encode(Topics.DEAD_LETTERS, letter).length)
        .isLessThan(TopicCatalog.MAX_RECORD_BYTES - 1024);
    assertThat(letter.originalSize()).isEqualTo(valueBytes);
    assertThat(letter.originalKey().map(RawBytes::bytes).orElseThrow())
        .hasSize(keyBytes > 65_536 ? DeadLetters.KEPT_OF_TOO_LARGE : keyBytes);
  }
}
