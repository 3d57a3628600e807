# The control plane: Blazor console and REST API. No privileges; the database is a container of its own.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/Futago.Console -c Release -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
# The group id is the one of the engine's image: it owns the engine's socket.
RUN groupadd --system --gid 7700 futago \
 && useradd --system --uid 7700 --gid 7700 --no-create-home futago \
 && install -d -o futago -g futago -m 0700 /var/lib/futago-console
COPY --from=build /app /app
USER futago
VOLUME ["/var/lib/futago-console"]
EXPOSE 8443
ENTRYPOINT ["dotnet", "/app/futago-console.dll", "--data", "/var/lib/futago-console", \
  "--engine-socket", "/run/futago/engine.sock", "--socket", "/var/lib/futago-console/console.sock", \
  "--listen", "0.0.0.0:8443", "--image-directory", "/var/lib/futago/images", \
  "--connection-string-file", "/run/secrets/connection-string"]
