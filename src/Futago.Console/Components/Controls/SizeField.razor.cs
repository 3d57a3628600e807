using System.Globalization;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Controls;

/// <summary>A size, typed (<c>10 GiB</c>) or chosen with a slider; each follows the other.</summary>
public sealed partial class SizeField
{
    private string _text = "";
    private string? _typed;
    private long? _shown;

    [Parameter, EditorRequired]
    public required string Id { get; set; }

    [Parameter, EditorRequired]
    public required string Label { get; set; }

    /// <summary>Bytes; null while what is typed is not a size. The range is for the dialog to enforce: <see cref="FieldRules.Size"/>.</summary>
    [Parameter]
    public long? Value { get; set; }

    [Parameter]
    public EventCallback<long?> ValueChanged { get; set; }

    /// <summary>Least size in bytes.</summary>
    [Parameter]
    public long Min { get; set; } = ByteSize.MiB;

    /// <summary>Largest size in bytes; null when only the engine knows.</summary>
    [Parameter]
    public long? Max { get; set; }

    /// <summary>Where the slider ends when <see cref="Max"/> is null.</summary>
    [Parameter]
    public long SliderMax { get; set; }

    [Parameter]
    public string? Help { get; set; }

    /// <summary>What the request says about the size.</summary>
    [Parameter]
    public string? Error { get; set; }

    private long SliderMinMiB => (Min + ByteSize.MiB - 1) / ByteSize.MiB;

    private long SliderMaxMiB => (Max ?? SliderMax) / ByteSize.MiB;

    private long SliderValueMiB => Math.Clamp((Value ?? Min) / ByteSize.MiB, SliderMinMiB, Math.Max(SliderMinMiB, SliderMaxMiB));

    // Whole GiB where there are many, so that a slider a few hundred pixels wide still stops at round sizes. An HTML range
    // counts its steps from the minimum and cannot reach the maximum otherwise; the text field can.
    private long StepMiB => SliderMaxMiB switch
    {
        > 1 << 24 => 1 << 14,
        > 1 << 16 => 1 << 10,
        > 1 << 12 => 1 << 6,
        _ => 1,
    };

    private string RangeText => Max is { } max
        ? Sentence.Of(FieldsText.SizeRange, Format(Min), Format(max))
        : Sentence.Of(FieldsText.SizeFrom, Format(Min));

    protected override void OnParametersSet()
    {
        if (Value is { } value && value != _shown)
            Show(value);
        else if (_text.Length > 0)
            _typed = Judge(_text);
    }

    private async Task TypeAsync(string? text)
    {
        _text = text ?? "";
        _typed = Judge(_text);
        _shown = ByteSize.TryParse(_text, out var bytes) ? bytes : null;
        await ValueChanged.InvokeAsync(_shown);
    }

    private async Task SlideAsync(ChangeEventArgs e)
    {
        if (!long.TryParse((string?)e.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var mebibytes))
            return;
        // The range's steps start at its minimum; the whole units are what people want.
        var rounded = mebibytes == SliderMaxMiB ? mebibytes : Math.Max(SliderMinMiB, mebibytes / StepMiB * StepMiB);
        Show(rounded * ByteSize.MiB);
        await ValueChanged.InvokeAsync(_shown);
    }

    private void Show(long bytes)
    {
        _shown = bytes;
        _text = Format(bytes);
        // Two decimals may round a size; what is shown must mean what is meant.
        if (!ByteSize.TryParse(_text, out var read) || read != bytes)
            _text = bytes % ByteSize.MiB == 0 ? $"{(bytes / ByteSize.MiB).ToString(CultureInfo.InvariantCulture)} MiB" : $"{bytes.ToString(CultureInfo.InvariantCulture)} B";
        _typed = Judge(_text);
    }

    private string? Judge(string text) => FieldRules.Size(ByteSize.TryParse(text, out var bytes) ? bytes : null, Min, Max);

    private static string Format(long bytes) => ByteSize.Format(bytes);
}
