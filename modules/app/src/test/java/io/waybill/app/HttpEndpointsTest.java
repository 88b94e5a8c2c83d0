package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.app.telemetry.Telemetry;
import io.waybill.app.telemetry.TelemetryConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpEndpointsTest {
  private final Telemetry telemetry = new Telemetry(TelemetryConfig.defaults(), "test");
  private final HttpEndpoints endpoints =
      new HttpEndpoints(InetAddress.getLoopbackAddress(), 0, List.of(), telemetry);
  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeEach
  void start() {
    endpoints.start();
  }

  @AfterEach
  void close() {
    client.close();
    endpoints.close();
    telemetry.close();
  }

  private HttpResponse<String> ask(String method, String path)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(endpoints.url() + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void answersExactlyItsPaths() throws Exception {
    for (String path : List.of("/health/live", "/health/ready", "/metrics?name[]=x", "/lag")) {
      assertThat(ask("GET", path.replace("[]", "%5B%5D")).statusCode()).as(path).isEqualTo(200);
    }
    for (String path :
        List.of("/", "/health", "/health/live/x", "/metrics/", "/metricsx", "/lag2")) {
      HttpResponse<String> answer = ask("GET", path);
      assertThat(answer.statusCode()).as(path).isEqualTo(404);
      assertThat(answer.body()).contains("/health/live, /health/ready, /lag, /metrics");
    }
  }

  @Test
  void isReadOnly() throws Exception {
    for (String method : List.of("POST", "PUT", "DELETE", "OPTIONS")) {
      HttpResponse<String> answer = ask(method, "/health/live");
      assertThat(answer.statusCode()).as(method).isEqualTo(405);
      assertThat(answer.headers().firstValue("Allow")).contains("GET, HEAD");
    }
    HttpResponse<String> head = ask("HEAD", "/health/live");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValue("Content-Length"))
        .contains(Integer.toString(ask("GET", "/health/live").body().length()));
  }
}
