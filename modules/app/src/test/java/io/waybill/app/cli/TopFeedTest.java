package io.waybill.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.wire.Topics;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which topics of requests there are. */
class TopFeedTest {
  @Test
  void readsFurtherRequestTopicsFromWhatFanOutHasCommitted() {
    assertThat(
            TopFeed.requestTopics(
                Set.of("acme-requests", Topics.REQUESTS, Topics.FAN_OUT_REKEYED, Topics.EVENTS)))
        .containsExactly("acme-requests", Topics.REQUESTS);
  }

  @Test
  void waybillsOwnIsThereBeforeAnythingIsCommitted() {
    assertThat(TopFeed.requestTopics(Set.of())).containsExactly(Topics.REQUESTS);
  }
}
