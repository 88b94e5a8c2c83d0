package io.waybill.app.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.OrganizationId;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OrganizationsTest {
  @Test
  void whoComesAfterTheCapSharesATag() {
    Organizations two = new Organizations(2);

    assertThat(two.tagOf(id("one"))).contains("one");
    assertThat(two.tagOf(id("two"))).contains("two");
    assertThat(two.tagOf(id("three"))).contains("other");
    assertThat(two.tagOf(id("one"))).as("for ever").contains("one");
  }

  @Test
  void manyAtATimeAreNoMoreThanTheCap() {
    Organizations ten = new Organizations(10);
    Set<String> tags =
        IntStream.range(0, 10_000)
            .parallel()
            .mapToObj(i -> ten.tagOf(id("org-" + i % 500)).orElseThrow())
            .collect(Collectors.toCollection(ConcurrentSkipListSet::new));

    assertThat(new TreeSet<>(tags)).hasSize(11).contains("other");
  }

  @Test
  void thereIsNoTagWhenNobodyAskedForIt() {
    assertThat(new Organizations(0).tagOf(id("one"))).isEmpty();
  }

  private static OrganizationId id(String value) {
    return new OrganizationId(value);
  }
}
