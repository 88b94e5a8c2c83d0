package io.waybill.destinations;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationResult;
import io.waybill.domain.FieldError;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** One topology per test, with limits small enough to be reached. */
abstract class TopologyTest {
  static final DestinationsConfig CONFIG =
      new DestinationsConfig(
          2, Duration.ofHours(24), Duration.ofDays(30), Duration.ofMinutes(1), 2);

  @TempDir Path folder;
  TopologyFixture waybill;

  @BeforeEach
  void start() {
    waybill = new TopologyFixture(folder, CONFIG);
  }

  @AfterEach
  void stop() {
    waybill.close();
  }

  List<String> actions() {
    return waybill.audits().stream().map(audit -> audit.get().action()).toList();
  }

  static DestinationId newId() {
    return new DestinationId(UUID.randomUUID().toString());
  }

  static List<FieldError> errors(DestinationResult result) {
    assertThat(result).isInstanceOf(DestinationResult.Refused.class);
    return ((DestinationResult.Refused) result).errors();
  }

  static List<String> codes(DestinationResult result) {
    return errors(result).stream().map(FieldError::code).toList();
  }

  static <T> T only(List<T> all) {
    assertThat(all).hasSize(1);
    return all.getFirst();
  }
}
