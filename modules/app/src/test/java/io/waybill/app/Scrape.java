package io.waybill.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;

/** What a process shows of its metrics at a moment, as Prometheus reads it. */
final class Scrape {
  private final List<String> lines;

  private Scrape(List<String> lines) {
    this.lines = lines;
  }

  static Scrape of(String httpUrl) {
    return new Scrape(get(URI.create(httpUrl + "/metrics")).body().lines().toList());
  }

  static HttpResponse<String> get(URI uri) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The sum of all series of that name that have these tags. */
  double sum(String name, Map<String, String> tags) {
    return lines.stream()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .filter(line ->
            tags.entrySet().stream()
                .allMatch(tag -> line.contains(tag.getKey() + "=\"" + tag.getValue() + "\"")))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** Whether there is any series of a name that begins like this. */
  boolean has(String beginning) {
    return lines.stream().anyMatch(line -> line.startsWith(beginning));
  }
}
