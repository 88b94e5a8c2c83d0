package io.waybill.wire;

import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.waybill.domain.Mutations;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever bytes come: they are read, or it is said that they cannot be. */
class FuzzTargetsTest {
  static Stream<Arguments> targets() {
    return Stream.of(
        target("request", RequestFuzz.SEEDS, RequestFuzz::fuzzerTestOneInput),
        target("Avro", AvroFuzz.SEEDS, AvroFuzz::fuzzerTestOneInput),
        target("destination", DestinationJsonFuzz.SEEDS, DestinationJsonFuzz::fuzzerTestOneInput),
        target("status", StatusJsonFuzz.SEEDS, StatusJsonFuzz::fuzzerTestOneInput));
  }

  private static Arguments target(String name, List<byte[]> seeds, Mutations.Target target) {
    return argumentSet(name, seeds, target);
  }

  @DisplayName("row 79: any bytes are read or refused")
  @ParameterizedTest
  @MethodSource("targets")
  void anyBytesAreReadOrRefused(List<byte[]> seeds, Mutations.Target target) {
    Mutations.tryAll(seeds, Mutations.FEW, target);
  }

  @Tag("long")
  @ParameterizedTest
  @MethodSource("targets")
  void manyMoreAreReadOrRefused(List<byte[]> seeds, Mutations.Target target) {
    Mutations.tryAll(seeds, Mutations.MANY, target);
  }
}
