package io.waybill.locals3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalS3Test {
  @TempDir Path folder;

  @Test
  void startsEmptyAndRefusesStrangers() throws Exception {
    try (LocalS3 store =
            LocalS3.start(
                "local-key", "local-secret", List.of("one", "two"), folder.resolve("log"));
        HttpClient stranger = HttpClient.newHttpClient()) {
      assertThat(store.objects("one")).isEmpty();
      assertThat(store.objects("two")).isEmpty();
      assertThatThrownBy(() -> store.objects("three")).hasMessageContaining("failed");
      assertThatThrownBy(() -> store.content("one", "nothing")).hasMessageContaining("failed");

      URI bucket = store.endpoint().resolve("/one");
      assertThat(stranger.send(HttpRequest.newBuilder(bucket).build(), BodyHandlers.ofString()))
          .satisfies(answer -> assertThat(answer.statusCode()).isEqualTo(403));
    }
  }
}
