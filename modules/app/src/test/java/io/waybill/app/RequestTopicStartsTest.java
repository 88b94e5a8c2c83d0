package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.app.RequestTopicStarts.Extent;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whether fan-out may begin at the begin of a topic. */
class RequestTopicStartsTest {
  private static final String ACME = "waybill.requests.acme";
  private static final String GLOBEX = "waybill.requests.globex";
  private static final Extent EMPTY = new Extent(0, 0, -1);
  private static final Extent EXPIRED = new Extent(70, 70, -1);
  private static final Extent YOUNG = new Extent(5, 9, 5);
  private static final Extent OLD = new Extent(5, 9, -1);
  private static final Extent OLD_AND_YOUNG = new Extent(5, 9, 8);

  @Test
  void asksOnlyForTopicsThatTheGroupDoesNotKnow() {
    assertThat(RequestTopicStarts.unknown(Set.of(ACME, GLOBEX), Set.of(GLOBEX)))
        .containsExactly(ACME);
    assertThat(RequestTopicStarts.unknown(Set.of(GLOBEX), Set.of(GLOBEX))).isEmpty();
  }

  @Test
  void aNewInstallationBeginsWherever() {
    assertThat(RequestTopicStarts.unknown(Set.of(ACME, GLOBEX), Set.of())).isEmpty();
  }

  @Test
  void aNewTopicIsTakenAlsoWithItsFirstRequests() {
    assertThatCode(() ->
            RequestTopicStarts.requireNoHistory(
                Map.of(ACME, List.of(EMPTY, YOUNG), GLOBEX, List.of(EXPIRED, EMPTY))))
        .doesNotThrowAnyException();
  }

  @Test
  void aHistoryThatMayHaveBeenSentIsRefusedWithWhatToDo() {
    assertThatThrownBy(() ->
            RequestTopicStarts.requireNoHistory(
                Map.of(ACME, List.of(EMPTY, OLD), GLOBEX, List.of(YOUNG))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("older than 24 h")
        .hasMessageContaining(
            "kafka-consumer-groups --bootstrap-server BROKER --group waybill.fan-out --topic "
                + ACME
                + " --reset-offsets --to-latest --execute")
        .hasMessageNotContaining(GLOBEX);
    assertThatThrownBy(
            () -> RequestTopicStarts.requireNoHistory(Map.of(GLOBEX, List.of(OLD_AND_YOUNG))))
        .hasMessageContaining(GLOBEX);
  }
}
