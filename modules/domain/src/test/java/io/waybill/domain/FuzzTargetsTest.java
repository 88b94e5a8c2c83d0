package io.waybill.domain;

import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What somebody configures is right or wrong, and never an exception. */
class FuzzTargetsTest {
  static Stream<Arguments> targets() {
    return Stream.of(
        target("template", TemplateFuzz.SEEDS, TemplateFuzz::fuzzerTestOneInput),
        target("path of a store", StoragePathFuzz.SEEDS, StoragePathFuzz::fuzzerTestOneInput),
        target("text", DestinationTextFuzz.SEEDS, DestinationTextFuzz::fuzzerTestOneInput),
        target("certificate", CertificateFuzz.SEEDS, CertificateFuzz::fuzzerTestOneInput));
  }

  private static Arguments target(String name, List<byte[]> seeds, Mutations.Target target) {
    return argumentSet(name, seeds, target);
  }

  @DisplayName("rows 43, 48: anything is right or wrong")
  @ParameterizedTest
  @MethodSource("targets")
  void anythingIsRightOrWrong(List<byte[]> seeds, Mutations.Target target) {
    Mutations.tryAll(seeds, Mutations.FEW, target);
  }

  @Tag("long")
  @ParameterizedTest
  @MethodSource("targets")
  void muchMoreIsRightOrWrong(List<byte[]> seeds, Mutations.Target target) {
    Mutations.tryAll(seeds, Mutations.MANY, target);
  }
}
