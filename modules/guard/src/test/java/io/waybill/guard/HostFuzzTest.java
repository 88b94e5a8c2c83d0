package io.waybill.guard;

import io.waybill.domain.Mutations;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever is written as a host is denied, unresolvable, or an address that was judged. */
class HostFuzzTest {
  @DisplayName("row 23: any host is judged")
  @Test
  void anyHostIsJudged() {
    Mutations.tryAll(HostFuzz.SEEDS, Mutations.FEW, HostFuzz::fuzzerTestOneInput);
  }

  @Test
  @Tag("long")
  void manyMoreAreJudged() {
    Mutations.tryAll(HostFuzz.SEEDS, Mutations.MANY, HostFuzz::fuzzerTestOneInput);
  }
}
