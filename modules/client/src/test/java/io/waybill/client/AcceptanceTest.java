package io.waybill.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.OverallState;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AcceptanceTest {
  @ParameterizedTest
  @EnumSource(OverallState.class)
  void everyStateIsAnAnswer(OverallState state) {
    DeliveryStatus status = Samples.status(state);

    Acceptance answer = Acceptance.of(status);

    assertThat(answer.deliveryId()).isEqualTo(status.deliveryId());
    assertThat(answer)
        .isInstanceOf(
            state == OverallState.REJECTED
                ? Acceptance.Rejected.class
                : state == OverallState.DUPLICATE
                    ? Acceptance.Duplicate.class
                    : Acceptance.Accepted.class);
  }
}
